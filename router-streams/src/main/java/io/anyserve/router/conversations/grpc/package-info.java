/**
 * The gRPC service for conversations, which passes calls on to the router that has the tenant's.
 */
@NullMarked
package io.anyserve.router.conversations.grpc;

import org.jspecify.annotations.NullMarked;
