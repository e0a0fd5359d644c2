/** Taking, holding and giving back work. */
@NullMarked
package io.anyserve.worker.takeover;

import org.jspecify.annotations.NullMarked;
