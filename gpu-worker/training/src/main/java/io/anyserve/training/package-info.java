/**
 * Trains the shipped story model: grammar, tokenizer, optimiser and the files of a model folder.
 */
@NullMarked
package io.anyserve.training;

import org.jspecify.annotations.NullMarked;
