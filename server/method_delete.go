package server

import (
	"net/http"

	"daycairn/backend"
)

// delete takes an item or a collection out of sight (RFC 4918 §9.6). Nothing of it is lost: it stays in history.
func (x *exchange) delete() error {
	cond, err := x.conditions()
	if err != nil {
		return err
	}
	if d, err := x.depth(depthInfinity); err != nil || d != depthInfinity && kindCollection.has(x.target.kind) {
		return statusError(http.StatusBadRequest) // RFC 4918 §9.6.1
	}
	err = x.update(func(w backend.Writer) error {
		res, err := x.load(w, x.target, 0)
		if err != nil {
			return err
		}
		if failed, err := cond.failed(x, w, currentOf(res)); err != nil {
			return err
		} else if failed != "" {
			return preconditionFailed(failed)
		}
		if res.item != nil {
			return w.DeleteItem(res.coll.ID, res.item.Name)
		}
		return w.DeleteCollection(res.coll.ID)
	})
	if err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}
