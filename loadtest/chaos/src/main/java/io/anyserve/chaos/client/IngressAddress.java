package io.anyserve.chaos.client;

/**
 * Where clients reach one ingress on this machine.
 *
 * @param grpc port
 * @param http port of the OpenAI-compatible API
 */
public record IngressAddress(int grpc, int http) {}
