// The page works without this file; it passes the options on and says what is going on.
const form = document.querySelector("form");
const files = document.querySelector("#files");
const drop = document.querySelector(".drop");
const status = document.querySelector("#status");
const sample = document.querySelector("#sample");

function query() {
  const values = ["strategy", "trade_off"].map((id) => [id, document.querySelector(`#${id}`).value]);
  return "?" + new URLSearchParams(values);
}

function showOptions() {
  form.action = "contact-sheet" + query();
  if (sample) sample.href = "sample" + query();
}

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", type === "dragenter" || type === "dragover");
  });
}
drop.addEventListener("drop", (event) => {
  files.files = event.dataTransfer.files;
  files.dispatchEvent(new Event("change"));
});
files.addEventListener("change", () => {
  status.textContent = `${files.files.length} photos chosen`;
});
form.addEventListener("change", showOptions);
form.addEventListener("submit", () => {
  status.textContent = "Looking at the photos…";
});
showOptions();
