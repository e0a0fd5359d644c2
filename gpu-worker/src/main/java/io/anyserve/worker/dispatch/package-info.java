/** What becomes of an acquired request, from its decoding to its end or its hand-over. */
@NullMarked
package io.anyserve.worker.dispatch;

import org.jspecify.annotations.NullMarked;
