/** An engine without a model: deterministic text at a chosen pace, for load and fault tests. */
@NullMarked
package io.anyserve.worker.simulated;

import org.jspecify.annotations.NullMarked;
