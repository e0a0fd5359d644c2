/** Events on their way to the log. */
@NullMarked
package io.anyserve.worker.publish;

import org.jspecify.annotations.NullMarked;
