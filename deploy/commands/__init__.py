"""What `oneboard` can do, a room a module.

Every command is a few lines: it reads its arguments, imports the room that does the work, and calls it. The imports
stand inside the functions so that `oneboard --help` answers at once and a worker never loads the board.
"""
