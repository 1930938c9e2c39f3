/** A canvas as a PDF of one page (ISO 32000-1): the picture as JPEG, the page as large as the picture. */
const POINTS_A_PIXEL = 0.375; // 72 points an inch, 96 pixels an inch, drawn at twice its size

export async function pdf(canvas: HTMLCanvasElement): Promise<Blob> {
  const jpeg = await new Promise<Blob>((take, refuse) =>
    canvas.toBlob((blob) => (blob ? take(blob) : refuse(new Error("the canvas gives no picture"))), "image/jpeg", 0.92),
  );
  const picture = new Uint8Array(await jpeg.arrayBuffer());
  const [width, height] = [canvas.width * POINTS_A_PIXEL, canvas.height * POINTS_A_PIXEL];
  const drawn = `q ${width} 0 0 ${height} 0 0 cm /Im Do Q`;
  const letters = new TextEncoder();
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  const put = (part: string | Uint8Array) => {
    const bytes = typeof part === "string" ? letters.encode(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  const object = (dictionary: string, stream?: string | Uint8Array) => {
    starts.push(length);
    put(`${starts.length} 0 obj\n<<${dictionary}>>\n`);
    if (stream !== undefined) {
      put("stream\n");
      put(stream);
      put("\nendstream\n");
    }
    put("endobj\n");
  };
  put("%PDF-1.4\n");
  object("/Type/Catalog/Pages 2 0 R");
  object("/Type/Pages/Kids[3 0 R]/Count 1");
  object(`/Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>>>`);
  object(`/Length ${drawn.length}`, drawn);
  object(
    `/Type/XObject/Subtype/Image/Width ${canvas.width}/Height ${canvas.height}/ColorSpace/DeviceRGB` +
      `/BitsPerComponent 8/Filter/DCTDecode/Length ${picture.length}`,
    picture,
  );
  const table = length;
  const rows = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  put(`xref\n0 ${starts.length + 1}\n0000000000 65535 f \n${rows}`);
  put(`trailer\n<</Size ${starts.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(parts as BlobPart[], { type: "application/pdf" });
}
