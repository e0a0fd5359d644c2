/** Taking, holding and giving back work. */
@NullMarked
package io.anyserve.worker.link;

import org.jspecify.annotations.NullMarked;
