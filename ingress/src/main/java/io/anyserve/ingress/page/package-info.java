/** The chat page: its files, and what it shows of the system. */
@NullMarked
package io.anyserve.ingress.page;

import org.jspecify.annotations.NullMarked;
