/** Taking, holding and giving back work. */
@NullMarked
package io.anyserve.worker.dispatch;

import org.jspecify.annotations.NullMarked;
