/** Tests of who looks on at executions. */
@NullMarked
package io.anyserve.worker.telemetry;

import org.jspecify.annotations.NullMarked;
