"""A live tile: one face for whoever looks, from an address; what whiteboards have on their canvas."""

from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.look import Lane
from dashboard.pages import Piece
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import svg
from dashboard.whiteboard.faces import ask, face_of
from dashboard.whiteboard.watching import COMPONENT, SVG, WORDS


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Its picture and its words; a lock for who may not see it."""
    face = face_of(board, state)
    return {COMPONENT: {SVG: svg(face, state.theme), WORDS: face.words}}


PIECE = Piece("/tile", {"first": Lane(lambda look: {}, lambda board, state: {}), "tile": Lane(ask, draw)})
"""The first lane of a page is asked as often as it moves; a tile is one of many and rests between."""
