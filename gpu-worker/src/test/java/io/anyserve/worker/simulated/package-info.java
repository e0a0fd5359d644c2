/** The engine without a model. */
@NullMarked
package io.anyserve.worker.simulated;

import org.jspecify.annotations.NullMarked;
