/**
 * Trains the shipped story model: grammar, tokenizer, optimiser and the files of a model folder.
 */
@NullMarked
package io.anyserve.worker.torch.training;

import org.jspecify.annotations.NullMarked;
