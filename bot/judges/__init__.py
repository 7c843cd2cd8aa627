"""Second opinions on a pair of statements: a local model or a chat model, off unless the installation sets one."""
