/** How a request that others began is fenced, read back, and continued or given up. */
@NullMarked
package io.anyserve.worker.takeover;

import org.jspecify.annotations.NullMarked;
