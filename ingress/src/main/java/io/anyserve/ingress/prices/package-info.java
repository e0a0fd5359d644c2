/** The price books: what requests may cost, and what answers did cost. */
@NullMarked
package io.anyserve.ingress.prices;

import org.jspecify.annotations.NullMarked;
