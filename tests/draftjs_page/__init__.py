"""The write page with the real Draft.js as its body editor, served by the practice site."""
