@NullMarked
package io.anyserve.router.status;

import org.jspecify.annotations.NullMarked;
