@NullMarked
package io.anyserve.router.conversations;

import org.jspecify.annotations.NullMarked;
