import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
from collections import defaultdict, deque, namedtuple, OrderedDict
d = defaultdict(list)
for k in "aab": d[k].append(torch.zeros(3))
rearrange(torch.stack(d["a"]), "a b -> b a", a=2)
q = deque([torch.zeros(3)] * 3, maxlen=3); q.append(torch.zeros(3)); rearrange(torch.stack(list(q)), "a b -> b a", a=3)
P = namedtuple("P", "x y"); p = P(torch.zeros(2), torch.zeros(2, 3)); p = p._replace(x=torch.zeros(2, 3)); rearrange(p.x, "a b -> b a")
net = nn.Sequential(OrderedDict([("a", nn.Linear(3, 4)), ("b", nn.Flatten(0))])); rearrange(net(torch.zeros(2, 3)), "a -> a 1", a=8)
net = nn.Sequential(*[nn.Linear(3, 3) for _ in range(2)], nn.Unflatten(1, (3, 1))); rearrange(net(torch.zeros(2, 3)), "a b c -> c a b")
net = nn.Sequential(nn.Linear(3, 4)); net.insert(0, nn.Flatten(1)); rearrange(net(torch.zeros(2, 3, 1)), "a b -> b a")
net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 6)); del net[1]; rearrange(net(torch.zeros(2, 3)), "a (b c) -> a b c", b=4)
net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 6)); net[1] = nn.Linear(4, 9); rearrange(net(torch.zeros(2, 3)), "a (b c) -> a b c", b=9)
net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 6)); net.pop(1); rearrange(net(torch.zeros(2, 3)), "a (b c) -> a b c", b=4)
net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 6)); rearrange(net[:1](torch.zeros(2, 3)), "a (b c) -> a b c", b=4); rearrange(net[:-1](torch.zeros(2, 3)), "a (b c) -> a b c", b=4)
net = nn.Sequential(nn.Linear(3, 4)); net = net + nn.Sequential(nn.Linear(4, 9)); rearrange(net(torch.zeros(2, 3)), "a (b c) -> a b c", b=9)
net = nn.Sequential(nn.Linear(3, 4)); setattr(net, "0", nn.Linear(3, 9)); rearrange(net(torch.zeros(2, 3)), "a (b c) -> a b c", b=9)
net = nn.Sequential(nn.Linear(3, 4)); net.extend([nn.Linear(4, 9)]); rearrange(net(torch.zeros(2, 3)), "a (b c) -> a b c", b=9)
