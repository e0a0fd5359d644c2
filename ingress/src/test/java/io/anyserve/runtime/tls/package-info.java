/** Certificates of servers, with those of the JDK's keytool. */
@NullMarked
package io.anyserve.runtime.tls;

import org.jspecify.annotations.NullMarked;
