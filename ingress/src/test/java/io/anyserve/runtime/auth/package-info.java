/** The writers of the topic {@code keys} against a real broker, which the module runtime lacks. */
@NullMarked
package io.anyserve.runtime.auth;

import org.jspecify.annotations.NullMarked;
