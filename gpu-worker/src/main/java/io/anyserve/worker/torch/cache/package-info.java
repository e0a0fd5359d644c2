/**
 * The cache of keys and values: which slot has which sequence, what it holds of prompts, and the
 * memory of it. Owned by the engine thread.
 */
@NullMarked
package io.anyserve.worker.torch.cache;

import org.jspecify.annotations.NullMarked;
