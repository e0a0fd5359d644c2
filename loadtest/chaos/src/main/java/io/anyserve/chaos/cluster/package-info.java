/** The services under test as processes, the proxies before them, and how both are broken. */
@NullMarked
package io.anyserve.chaos.cluster;

import org.jspecify.annotations.NullMarked;
