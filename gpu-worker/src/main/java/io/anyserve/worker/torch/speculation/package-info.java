/**
 * Guessing tokens before they are computed: a guess is verified in the step that decodes, and a
 * right one saves a step. Knows numbers alone, no tensor and no model.
 */
@NullMarked
package io.anyserve.worker.torch.speculation;

import org.jspecify.annotations.NullMarked;
