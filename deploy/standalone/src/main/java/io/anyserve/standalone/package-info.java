/** Every service in one JVM, on an embedded broker and object store or on external ones. */
@NullMarked
package io.anyserve.standalone;

import org.jspecify.annotations.NullMarked;
