/** Listeners to executions: traces, and metrics under the names of others. */
@NullMarked
package io.anyserve.worker.telemetry;

import org.jspecify.annotations.NullMarked;
