/** GGUF files, the format of llama.cpp, in the form of a Hugging Face folder. */
@NullMarked
package io.anyserve.worker.torch.gguf;

import org.jspecify.annotations.NullMarked;
