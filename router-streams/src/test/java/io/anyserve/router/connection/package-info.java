@NullMarked
package io.anyserve.router.connection;

import org.jspecify.annotations.NullMarked;
