@NullMarked
package io.anyserve.router.conversations.grpc;

import org.jspecify.annotations.NullMarked;
