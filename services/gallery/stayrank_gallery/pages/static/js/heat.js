// Heat maps on demand: the photo goes to the service once for each question.
import { call, formOf } from "./api.js";

const pictures = new Map(); // question → address of the painted photo, or the promise of it

// `tag` is the area to explain; null asks what lifts the score.
export function heatOf(photo, tag) {
  const question = JSON.stringify([photo.id, tag]);
  if (!pictures.has(question)) {
    const asked = paint(photo, tag);
    pictures.set(question, asked);
    asked.catch(() => pictures.delete(question)); // another try is another question
  }
  return pictures.get(question);
}

async function paint(photo, tag) {
  const query = tag === null ? "" : `?${new URLSearchParams({ tag })}`;
  const response = await call(`heat${query}`, { method: "POST", body: formOf([photo.file]) });
  return URL.createObjectURL(await response.blob());
}
