/** Taking, holding and giving back work. */
@NullMarked
package io.anyserve.worker.consume;

import org.jspecify.annotations.NullMarked;
