/** Images in conversations. */
@NullMarked
package io.anyserve.contracts.image;

import org.jspecify.annotations.NullMarked;
