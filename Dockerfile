# A static program in an empty image. The data is in /data, which must outlive the container:
#
#   docker build -t daycairn .
#   docker run -d --name daycairn -p 5233:5233 -v daycairn:/data daycairn
#   docker exec -it daycairn /daycairn user add NAME --admin
#
# Or, unattended: -e DAYCAIRN_FIRST_USER=NAME -e DAYCAIRN_FIRST_PASSWORD_FILE=/run/secrets/password

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY auth auth
COPY backend backend
COPY cmd cmd
COPY server server
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.release=$VERSION" -o /out/daycairn ./cmd/daycairn \
 && mkdir -m 700 /out/data

FROM scratch
COPY --from=build /out/daycairn /daycairn
COPY --from=build --chown=10001:10001 /out/data /data
USER 10001:10001
ENV DAYCAIRN_DATA=/data DAYCAIRN_LISTEN=:5233
VOLUME /data
EXPOSE 5233
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/daycairn", "health"]
ENTRYPOINT ["/daycairn"]
CMD ["serve"]
