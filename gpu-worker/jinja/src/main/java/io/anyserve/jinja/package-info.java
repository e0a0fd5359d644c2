/**
 * Chat templates of Hugging Face checkpoints: a Jinja subset that remembers who wrote which text.
 */
@NullMarked
package io.anyserve.jinja;

import org.jspecify.annotations.NullMarked;
