/**
 * What the HTTP API is, for programs and people: one description for each route, and the OpenAPI
 * document that is made of them.
 */
@NullMarked
package io.anyserve.ingress.description;

import org.jspecify.annotations.NullMarked;
