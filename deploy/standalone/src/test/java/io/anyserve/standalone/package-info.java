/** Every service together, on real parts. */
@NullMarked
package io.anyserve.standalone;

import org.jspecify.annotations.NullMarked;
