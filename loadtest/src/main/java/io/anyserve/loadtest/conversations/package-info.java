/**
 * Conversations in large numbers: what they cost an ingress and a router, and how fast they are.
 */
@NullMarked
package io.anyserve.loadtest.conversations;

import org.jspecify.annotations.NullMarked;
