/**
 * Chat templates of Hugging Face checkpoints: a Jinja subset that remembers who wrote which text.
 */
@NullMarked
package io.anyserve.worker.chat;

import org.jspecify.annotations.NullMarked;
