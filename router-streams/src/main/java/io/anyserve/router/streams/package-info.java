/** What both topologies share: metrics, dead letters, global stores, handlers. */
@NullMarked
package io.anyserve.router.streams;

import org.jspecify.annotations.NullMarked;
