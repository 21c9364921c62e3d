# The stack of the official Python client (websocket-client and json): `python-client.py URL EVENTS`.
import json
import sys

import websocket


count = 0


def on_message(app, text):
    global count
    message = json.loads(text)
    if message["method"] != "event":
        return
    print(json.dumps(message, ensure_ascii=False))
    count += 1
    if count == int(sys.argv[2]):
        app.close()


websocket.WebSocketApp(
    sys.argv[1],
    on_open=lambda app: app.send('{"method":"getOutgoingFilesRequests"}'),
    on_message=on_message,
).run_forever()
