// The title: controlled as React does it. The field shows what the page knows, and nothing else for long.

const MAX_TITLE = 100;
const native = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");

export class TitleField {
  constructor(field, onChange) {
    this.field = field;
    this.value = "";
    this.onChange = onChange;
    this.seen = "";
    // React notes every plain `.value =` in the same way: an input event with a noted value changes nothing.
    Object.defineProperty(field, "value", {
      get: () => native.get.call(field),
      set: (value) => {
        native.set.call(field, value);
        this.seen = native.get.call(field);
        setTimeout(() => this.show());
      },
    });
    field.addEventListener("input", () => this.onInput());
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

  load(value) {
    this.value = value;
    this.show();
  }

  onInput() {
    const typed = native.get.call(this.field);
    if (typed === this.seen) return this.show();
    this.value = [...typed.replace(/[\r\n]+/g, " ")].slice(0, MAX_TITLE).join("");
    this.show();
    this.onChange();
  }

  show() {
    this.seen = this.value;
    if (native.get.call(this.field) !== this.value) native.set.call(this.field, this.value);
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
