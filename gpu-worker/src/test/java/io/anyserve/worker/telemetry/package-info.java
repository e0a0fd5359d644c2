/** Tests of who looks on at runs. */
@NullMarked
package io.anyserve.worker.telemetry;

import org.jspecify.annotations.NullMarked;
