/** The calls that workers keep open, by whose end their death is noticed. */
@NullMarked
package io.anyserve.router.connection;

import org.jspecify.annotations.NullMarked;
