/** Taking, holding and giving back work. */
@NullMarked
package io.anyserve.worker.intake;

import org.jspecify.annotations.NullMarked;
