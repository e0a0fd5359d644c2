@NullMarked
package io.anyserve.router.load;

import org.jspecify.annotations.NullMarked;
