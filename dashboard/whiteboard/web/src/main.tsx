import "./line";
import "./assets";
import "@excalidraw/excalidraw/index.css";
import "./style.css";

// the canvas is most of the code: the board is on its way while that is loaded
const [{ createRoot }, { App }] = await Promise.all([import("react-dom/client"), import("./App")]);
createRoot(document.getElementById("root")!).render(<App />);
