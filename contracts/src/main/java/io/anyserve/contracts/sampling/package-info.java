/** How a request wants its tokens chosen: parameters, defaults and penalties. */
@NullMarked
package io.anyserve.contracts.sampling;

import org.jspecify.annotations.NullMarked;
