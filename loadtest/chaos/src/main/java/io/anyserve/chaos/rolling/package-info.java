/** Restarts under load: every service is replaced while clients read their streams. */
@NullMarked
package io.anyserve.chaos.rolling;

import org.jspecify.annotations.NullMarked;
