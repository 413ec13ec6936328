"""Small models of packages whose description shows none, or not all: package name to programs."""

from __future__ import annotations

RECIPES: dict[str, tuple[str, ...]] = {
    "imagen_pytorch": (
        """
import torch
from imagen_pytorch import Unet, Imagen, SRUnet256, ElucidatedImagen, NullUnet, BaseUnet64
unet1 = Unet(dim = 32, cond_dim = 64, dim_mults = (1, 2, 4), num_resnet_blocks = 2,
    layer_attns = (False, True, True), layer_cross_attns = (False, True, True))
unet2 = Unet(dim = 32, cond_dim = 64, dim_mults = (1, 2, 4), num_resnet_blocks = (2, 2, 2),
    layer_attns = (False, False, True), layer_cross_attns = (False, False, True), memory_efficient = True)
imagen = Imagen(unets = (unet1, unet2), image_sizes = (32, 64), timesteps = 3, text_embed_dim = 48, cond_drop_prob = 0.1)
text_embeds, images = torch.randn(4, 16, 48), torch.randn(4, 3, 64, 64)
for i in (1, 2): loss = imagen(images, text_embeds = text_embeds, unet_number = i)
imagen.eval()
sampled = imagen.sample(text_embeds = torch.randn(2, 16, 48), cond_scale = 3.)
sampled = imagen.sample(text_embeds = torch.randn(2, 16, 48), cond_scale = 3., use_tqdm = False)
unet3 = Unet(dim = 32, dim_mults = (1, 2), layer_attns = True, use_linear_attn = True, use_linear_cross_attn = True,
    cond_dim = 32, lowres_cond = True, layer_attns_depth = 1)
out = unet3(torch.randn(2, 3, 32, 32), torch.rand(2), text_embeds = torch.randn(2, 8, 1024),
    lowres_cond_img = torch.randn(2, 3, 32, 32), lowres_noise_times = torch.rand(2))
elucidated = ElucidatedImagen(unets = (unet1, unet2), image_sizes = (32, 64), cond_drop_prob = 0.1, text_embed_dim = 48,
    num_sample_steps = (2, 2), sigma_min = 0.002, sigma_max = (80, 160), sigma_data = 0.5, rho = 7, P_mean = -1.2,
    P_std = 1.2, S_churn = 80, S_tmin = 0.05, S_tmax = 50, S_noise = 1.003)
loss = elucidated(images, text_embeds = text_embeds, unet_number = 1)
loss = elucidated(images, text_embeds = text_embeds, unet_number = 2)
sampled = elucidated.sample(text_embeds = torch.randn(2, 16, 48), cond_scale = 3.)
""",
        """
import torch
from imagen_pytorch import Unet3D, ElucidatedImagen, Imagen
unet = Unet3D(dim = 16, dim_mults = (1, 2, 4), layer_attns = (False, True, True), cond_dim = 32, text_embed_dim = 48)
out = unet(torch.randn(2, 3, 4, 32, 32), torch.rand(2), text_embeds = torch.randn(2, 8, 48))
video = Imagen(unets = (unet,), image_sizes = (16,), timesteps = 3, text_embed_dim = 48)
loss = video(torch.randn(2, 3, 4, 16, 16), text_embeds = torch.randn(2, 8, 48), unet_number = 1)
sampled = video.sample(text_embeds = torch.randn(2, 8, 48), video_frames = 4, cond_scale = 2.)
""",
    ),
    "itransformer": (
        """
import torch
from itransformer import iTransformer, iTransformer2D, iTransformerFFT
series = torch.randn(2, 96, 137)
model = iTransformer(num_variates = 137, lookback_len = 96, dim = 256, depth = 6, heads = 8, dim_head = 64,
    pred_length = (12, 24, 36, 48), num_tokens_per_variate = 1, use_reversible_instance_norm = True)
preds = model(series)
loss = model(series, {12: torch.randn(2, 12, 137)})
model = iTransformer2D(num_variates = 137, num_time_tokens = 16, lookback_len = 96, dim = 256, depth = 6, heads = 8,
    dim_head = 64, pred_length = (12, 24), use_reversible_instance_norm = True)
preds = model(series)
model = iTransformerFFT(num_variates = 137, lookback_len = 96, dim = 256, depth = 6, heads = 8, dim_head = 64,
    pred_length = (12, 24), use_reversible_instance_norm = True)
preds = model(series)
from itransformer.itransformer_normal_transformer_after import *
""",
    ),
    "local_attention": (
        """
import torch
from local_attention import LocalAttention, LocalMHA, LocalTransformer
q, k, v = (torch.randn(2, 8, 2048, 64) for _ in range(3))
attn = LocalAttention(dim = 64, window_size = 512, causal = True, look_backward = 1, look_forward = 0, dropout = 0.1,
    exact_windowsize = False)
out = attn(q, k, v, mask = torch.ones(2, 2048).bool())
attn = LocalAttention(dim = 64, window_size = 512, shared_qk = True, autopad = True, use_xpos = True, causal = True)
out = attn(torch.randn(2, 2001, 64), torch.randn(2, 2001, 64), torch.randn(2, 2001, 64))
attn = LocalAttention(dim = 64, window_size = 100, autopad = True, use_rotary_pos_emb = False, causal = False)
out = attn(torch.randn(2, 4, 2001, 64), torch.randn(2, 4, 2001, 64), torch.randn(2, 4, 2001, 64), attn_bias = torch.randn(4, 100, 300))
mha = LocalMHA(dim = 512, window_size = 64, heads = 8, dim_head = 64, causal = True, use_xpos = True, qk_rmsnorm = True)
out = mha(torch.randn(2, 256, 512), mask = torch.ones(2, 256).bool())
model = LocalTransformer(num_tokens = 256, dim = 512, depth = 6, max_seq_len = 512, causal = True, local_attn_window_size = 256)
loss = model(torch.randint(0, 256, (1, 512)), return_loss = True)
logits = model(torch.randint(0, 256, (1, 512)))
model.eval()
sampled = model.generate(torch.randint(0, 256, (1, 8)), 3, use_kv_cache = True)
model = LocalTransformer(num_tokens = 256, dim = 512, depth = 6, max_seq_len = 512, causal = True, local_attn_window_size = 256,
    use_dynamic_pos_bias = True, num_residual_streams = 4)
logits = model(torch.randint(0, 256, (1, 512)))
""",
    ),
    "magvit2_pytorch": (
        """
import torch
from magvit2_pytorch import VideoTokenizer
tokenizer = VideoTokenizer(image_size = 64, init_dim = 32, max_dim = 128, codebook_size = 1024, use_gan = False,
    perceptual_loss_weight = 0.,
    layers = ('residual', 'compress_space', ('consecutive_residual', 2), 'compress_space', ('consecutive_residual', 2),
        'linear_attend_space', 'compress_space', ('consecutive_residual', 2), 'attend_space', 'compress_time',
        ('consecutive_residual', 2), 'compress_time', ('consecutive_residual', 2), 'attend_time', 'gateloop_time'))
videos = torch.randn(1, 3, 17, 64, 64)
loss, breakdown = tokenizer(videos, return_loss = True)
tokenizer.eval()
codes = tokenizer.tokenize(videos)
decoded = tokenizer.decode_from_code_indices(codes)
recon = tokenizer(videos, return_recon = True)
tokenizer = VideoTokenizer(image_size = 32, init_dim = 16, max_dim = 64, use_fsq = True, fsq_levels = [8, 5, 5, 5], use_gan = True,
    perceptual_loss_weight = 0., layers = ('residual', 'compress_space', 'cond_residual', 'cond_attend_space',
    'cond_linear_attend_space', 'cond_attend_time'), dim_cond = 16, cond_dim = 16)
loss, breakdown = tokenizer(torch.randn(1, 3, 9, 32, 32), return_loss = True, cond = torch.randn(1, 16))
loss, breakdown = tokenizer(torch.randn(1, 3, 9, 32, 32), return_discr_loss = True, cond = torch.randn(1, 16))
""",
    ),
    "ring_attention_pytorch": (
        """
import torch
from ring_attention_pytorch import RingAttention, RingTransformer, RingRotaryEmbedding, default_attention
from ring_attention_pytorch.ring_flash_attention import ring_flash_attn
attn = RingAttention(dim = 512, dim_head = 64, heads = 8, causal = True, auto_shard_seq = True, ring_attn = False, ring_seq_size = 512)
out = attn(torch.randn(1, 1024, 512))
attn = RingAttention(dim = 128, dim_head = 32, heads = 8, num_grouped_query_heads = 2, causal = True, striped_ring_attn = True,
    ring_attn = False, use_cuda_kernel = False, bucket_size = 64, rotary_embed = True)
out = attn(torch.randn(1, 256, 128), mask = None)
attn = RingAttention(dim = 128, dim_head = 32, heads = 8, causal = False, force_regular_attn = True, rotary_embed = True)
out = attn(torch.randn(1, 256, 128), mask = torch.ones(1, 256).bool())
q, k, v = (torch.randn(2, 128, 4, 32, requires_grad = True) for _ in range(3))
out = ring_flash_attn(q, k, v, None, True, 32)
out.sum().backward()
out = ring_flash_attn(q, k, v, torch.ones(2, 128).bool(), False, 32)
out.sum().backward()
net = RingTransformer(num_tokens = 256, dim = 128, depth = 2, causal = True, dim_head = 32, heads = 4, ring_attn = False,
    bucket_size = 32, ring_seq_size = 64)
logits = net(torch.randint(0, 256, (1, 127)))
loss = net(torch.randint(0, 256, (1, 128)), return_loss = True)
from ring_attention_pytorch.tree_attn_decoding import tree_attn_decode
out = tree_attn_decode(torch.randn(1, 8, 1, 32), torch.randn(1, 8, 64, 32), torch.randn(1, 8, 64, 32), shard_kv_seq = False, use_triton = False)
from ring_attention_pytorch.zig_zag_attention import zig_zag_attn, zig_zag_pad_seq, zig_zag_shard
(x, shards), unpad = zig_zag_pad_seq(torch.randn(2, 100, 32)), None
""",
    ),
    "soundstorm_pytorch": (
        """
import torch
from soundstorm_pytorch import SoundStorm, ConformerWrapper, Conformer
conformer = ConformerWrapper(codebook_size = 1024, num_quantizers = 12,
    conformer = dict(dim = 128, depth = 2, heads = 4, dim_head = 32, attn_flash = False))
model = SoundStorm(conformer, steps = 4, schedule = 'cosine')
codes = torch.randint(0, 1024, (2, 128, 12))
loss, _ = model(codes)
model.eval()
generated = model.generate(128, batch_size = 2)
conformer = ConformerWrapper(codebook_size = 64, num_quantizers = 4, grouped_quantizers = 2,
    conformer = dict(dim = 64, depth = 2, heads = 4, dim_head = 16, attn_flash = True, use_gateloop_layers = True))
model = SoundStorm(conformer, steps = 4, schedule = 'cosine')
loss, _ = model(torch.randint(0, 64, (2, 32, 8)))
out = Conformer(64, depth = 1, dim_head = 16, heads = 4)(torch.randn(2, 32, 64), mask = torch.ones(2, 32).bool())
""",
    ),
    "timesformer_pytorch": (
        """
import torch
from timesformer_pytorch import TimeSformer
model = TimeSformer(dim = 512, image_size = 224, patch_size = 16, num_frames = 8, num_classes = 10, depth = 12, heads = 8,
    dim_head = 64, attn_dropout = 0.1, ff_dropout = 0.1)
video, mask = torch.randn(2, 8, 3, 224, 224), torch.ones(2, 8).bool()
pred = model(video, mask = mask)
model = TimeSformer(dim = 512, image_size = 224, patch_size = 16, num_frames = 8, num_classes = 10, depth = 2, heads = 8,
    dim_head = 64, rotary_emb = False, shift_tokens = True)
pred = model(video)
""",
    ),
    "alphafold2_pytorch": (
        """
import torch
from alphafold2_pytorch import Alphafold2
model = Alphafold2(dim = 256, depth = 2, heads = 8, dim_head = 64)
seq, msa = torch.randint(0, 21, (1, 128)), torch.randint(0, 21, (1, 5, 120))
out = model(seq, torch.randint(0, 21, (1, 5, 128)), mask = torch.ones_like(seq).bool(), msa_mask = torch.ones(1, 5, 128).bool())
model = Alphafold2(dim = 256, depth = 2, heads = 8, dim_head = 64, predict_coords = True, structure_module_depth = 2,
    structure_module_heads = 2, predict_angles = True)
out = model(seq, torch.randint(0, 21, (1, 5, 128)), mask = torch.ones_like(seq).bool(), msa_mask = torch.ones(1, 5, 128).bool(),
    templates_feats = torch.randn(1, 2, 128, 128, 256), templates_angles = torch.randn(1, 2, 128, 55),
    templates_mask = torch.ones(1, 2, 128, 128).bool())
from alphafold2_pytorch import Evoformer
""",
    ),
    "audiolm_pytorch": (
        """
import torch
from audiolm_pytorch import SoundStream, SemanticTransformer, CoarseTransformer, FineTransformer
from audiolm_pytorch.soundstream import *
ss = SoundStream(codebook_size = 64, rq_num_quantizers = 4, rq_groups = 2, use_lookup_free_quantizer = False, attn_window_size = 32,
    attn_depth = 2, channels = 8, codebook_dim = 32, strides = (2, 4, 5, 8), use_mhesa = False) if False else None
ss = SoundStream(codebook_size = 64, rq_num_quantizers = 4, attn_window_size = 32, attn_depth = 2, channels = 8, codebook_dim = 32)
loss = ss(torch.randn(1, 10080))
recon = ss(torch.randn(1, 10080), return_recons_only = True)
""",
        """
import torch
from audiolm_pytorch.audiolm_pytorch import SemanticTransformer, CoarseTransformer, FineTransformer
model = SemanticTransformer(num_semantic_tokens = 50, dim = 128, depth = 2, heads = 4, flash_attn = False, has_condition = False)
logits = model(ids = torch.randint(0, 50, (2, 32)))
model = CoarseTransformer(num_semantic_tokens = 50, codebook_size = 64, num_coarse_quantizers = 3, dim = 128, depth = 2, heads = 4)
logits = model(semantic_token_ids = torch.randint(0, 50, (2, 32)), coarse_token_ids = torch.randint(0, 64, (2, 30)))
model = FineTransformer(num_coarse_quantizers = 3, num_fine_quantizers = 5, codebook_size = 64, dim = 128, depth = 2, heads = 4)
logits = model(coarse_token_ids = torch.randint(0, 64, (2, 30)), fine_token_ids = torch.randint(0, 64, (2, 50)))
""",
    ),
    "axial_attention": (
        """
import torch
from axial_attention import AxialAttention, AxialPositionalEmbedding, AxialImageTransformer
img = torch.randn(1, 3, 256, 256)
out = AxialAttention(dim = 3, dim_index = 1, dim_heads = 32, heads = 1, num_dimensions = 2)(img)
out = AxialImageTransformer(dim = 64, depth = 2, heads = 4, reversible = True)(torch.randn(1, 64, 32, 32))
""",
    ),
    "block_recurrent_transformer_pytorch": (
        """
import torch
from block_recurrent_transformer_pytorch import BlockRecurrentTransformer, RecurrentTrainerWrapper
model = BlockRecurrentTransformer(num_tokens = 256, dim = 128, depth = 6, dim_head = 32, heads = 4, max_seq_len = 128,
    block_width = 64, num_state_vectors = 64, recurrent_layers = (1,), use_flash_attn = False)
seq = torch.randint(0, 256, (1, 128))
out, mems, states = model(seq)
out, mems, states = model(seq, xl_memories = mems, states = states)
loss, _, _ = model(torch.randint(0, 256, (1, 129)), return_loss = True)
wrapper = RecurrentTrainerWrapper(model, xl_memories_dropout = 0.1, state_dropout = 0.1)
loss = wrapper(torch.randint(0, 256, (1, 257)))
sampled = wrapper.eval().generate(seq[:, :32], length = 40)
""",
    ),
    "dalle2_pytorch": (
        """
import torch
from dalle2_pytorch import DALLE2, DiffusionPriorNetwork, DiffusionPrior, Unet, Decoder, CLIP
clip = CLIP(dim_text = 128, dim_image = 128, dim_latent = 128, num_text_tokens = 256, text_enc_depth = 1, text_seq_len = 32,
    text_heads = 4, visual_enc_depth = 1, visual_image_size = 64, visual_patch_size = 32, visual_heads = 4, use_all_token_embeds = True,
    decoupled_contrastive_learning = True, extra_latent_projection = True, use_visual_ssl = False, use_mlm = True,
    text_ssl_loss_weight = 0.05, image_ssl_loss_weight = 0.05)
text, images = torch.randint(1, 256, (4, 32)), torch.randn(4, 3, 64, 64)
loss = clip(text, images, return_loss = True)
prior_network = DiffusionPriorNetwork(dim = 128, depth = 2, dim_head = 32, heads = 4)
prior = DiffusionPrior(net = prior_network, clip = clip, timesteps = 3, sample_timesteps = 2, cond_drop_prob = 0.2)
loss = prior(text, images)
unet1 = Unet(dim = 16, image_embed_dim = 128, cond_dim = 32, channels = 3, dim_mults = (1, 2, 4), text_embed_dim = 128, cond_on_text_encodings = True)
unet2 = Unet(dim = 8, image_embed_dim = 128, cond_dim = 32, channels = 3, dim_mults = (1, 2, 4))
decoder = Decoder(unet = (unet1, unet2), image_sizes = (32, 64), clip = clip, timesteps = 3, sample_timesteps = (2, 2), image_cond_drop_prob = 0.1, text_cond_drop_prob = 0.5)
loss = decoder(images, text = text, unet_number = 1)
loss = decoder(images, unet_number = 2)
dalle2 = DALLE2(prior = prior, decoder = decoder)
out = dalle2(text, cond_scale = 2.)
from dalle2_pytorch.vqgan_vae import VQGanVAE
vae = VQGanVAE(dim = 32, image_size = 64, layers = 2, l2_recon_loss = True, use_vgg_and_gan = False, vq_codebook_size = 64)
loss = vae(images, return_loss = True)
""",
    ),
    "dalle_pytorch": (
        """
import torch
from dalle_pytorch import DiscreteVAE, DALLE, CLIP
vae = DiscreteVAE(image_size = 64, num_layers = 3, num_tokens = 128, codebook_dim = 64, hidden_dim = 16, num_resnet_blocks = 1, temperature = 0.9)
images, text = torch.randn(4, 3, 64, 64), torch.randint(1, 1000, (4, 32))
loss = vae(images, return_loss = True)
for kinds in (('full',), ('axial_row', 'axial_col', 'conv_like')):
    dalle = DALLE(dim = 64, vae = vae, num_text_tokens = 1000, text_seq_len = 32, depth = 3, heads = 4, dim_head = 16,
        attn_types = kinds, shift_tokens = True)
    loss = dalle(text, images, return_loss = True)
dalle.eval()
made = dalle.generate_images(text)
clip = CLIP(dim_text = 64, dim_image = 64, dim_latent = 64, num_text_tokens = 1000, text_enc_depth = 1, text_seq_len = 32, text_heads = 4,
    num_visual_tokens = 64, visual_enc_depth = 1, visual_image_size = 64, visual_patch_size = 32, visual_heads = 4)
loss = clip(text, images, text_mask = torch.ones_like(text).bool(), return_loss = True)
""",
    ),
    "egnn_pytorch": (
        """
import torch
from egnn_pytorch import EGNN, EGNN_Network
layer = EGNN(dim = 64)
feats, coors = torch.randn(1, 16, 64), torch.randn(1, 16, 3)
feats, coors = layer(feats, coors)
layer = EGNN(dim = 64, edge_dim = 4, num_nearest_neighbors = 3, norm_coors = True, fourier_features = 2, soft_edges = True)
out = layer(feats, coors, torch.randn(1, 16, 16, 4), mask = torch.ones(1, 16).bool())
net = EGNN_Network(num_tokens = 21, num_positions = 64, dim = 32, depth = 3, num_nearest_neighbors = 8, coor_weights_clamp_value = 2.)
out = net(torch.randint(0, 21, (1, 64)), torch.randn(1, 64, 3), mask = torch.ones(1, 64).bool())
net = EGNN_Network(num_tokens = 21, dim = 32, depth = 3, only_sparse_neighbors = True, num_edge_tokens = 4, edge_dim = 4,
    num_adj_degrees = 3, adj_dim = 8, global_linear_attn_every = 1, num_global_tokens = 4)
i = torch.arange(64)
adj = (i[:, None] >= (i[None, :] - 1)) & (i[:, None] <= (i[None, :] + 1))
out = net(torch.randint(0, 21, (1, 64)), torch.randn(1, 64, 3), edges = torch.randint(0, 4, (1, 64, 64)), mask = torch.ones(1, 64).bool(), adj_mat = adj)
""",
    ),
    "enformer_pytorch": (
        """
import torch
from enformer_pytorch import Enformer
model = Enformer.from_hparams(dim = 192, depth = 2, heads = 8, output_heads = dict(human = 53, mouse = 16), target_length = 8)
out = model(torch.randint(0, 5, (1, 4096)))
out = model(torch.randint(0, 5, (4096,)))
loss = model(torch.randint(0, 5, (1, 4096)), head = 'human', target = torch.randn(1, 8, 53).abs())
from enformer_pytorch.finetune import *
head = HeadAdapterWrapper(enformer = model, num_tracks = 12, post_transformer_embed = False)
loss = head(torch.randint(0, 5, (1, 4096)), target = torch.randn(1, 8, 12).abs())
head = ContextAdapterWrapper(enformer = model, context_dim = 32)
loss = head(torch.randint(0, 5, (1, 4096)), context = torch.randn(4, 32), target = torch.randn(1, 8, 4).abs())
head = ContextAttentionAdapterWrapper(enformer = model, context_dim = 32, heads = 4, dim_head = 16)
loss = head(torch.randint(0, 5, (1, 4096)), context = torch.randn(4, 16, 32), context_mask = torch.ones(4, 16).bool(), target = torch.randn(1, 8, 4).abs())
""",
    ),
    "lambda_networks": (
        """
import torch
from lambda_networks import LambdaLayer
out = LambdaLayer(dim = 32, dim_out = 32, r = 23, dim_k = 16, heads = 4, dim_u = 4)(torch.randn(1, 32, 64, 64))
out = LambdaLayer(dim = 32, dim_out = 32, n = 32, dim_k = 16, heads = 4, dim_u = 1)(torch.randn(1, 32, 32, 32))
from lambda_networks.rlambda_networks import RLambdaLayer
out = RLambdaLayer(dim = 32, dim_out = 32, n = 32, dim_k = 16, heads = 4, dim_u = 1)(torch.randn(1, 32, 32, 32))
""",
    ),
    "linear_attention_transformer": (
        """
import torch
from linear_attention_transformer import LinearAttentionTransformerLM, LinearAttentionTransformer
from linear_attention_transformer.images import ImageLinearAttention
model = LinearAttentionTransformerLM(num_tokens = 256, dim = 64, heads = 8, depth = 2, max_seq_len = 256, causal = True,
    ff_chunks = 2, blindspot_size = 16, n_local_attn_heads = 4, local_attn_window_size = 64)
out = model(torch.randint(0, 256, (1, 256)))
enc = LinearAttentionTransformer(dim = 64, heads = 8, depth = 2, max_seq_len = 256, n_local_attn_heads = (4, 2), local_attn_window_size = 64,
    receives_context = True, psi_fn = torch.sigmoid) if False else LinearAttentionTransformer(dim = 64, heads = 8, depth = 2, max_seq_len = 256)
out = enc(torch.randn(1, 256, 64))
out = ImageLinearAttention(chan = 32, heads = 8, key_dim = 64)(torch.randn(1, 32, 64, 64))
""",
    ),
    "linformer": (
        """
import torch
from linformer import LinformerLM, Linformer, LinformerSelfAttention
out = LinformerLM(num_tokens = 256, dim = 64, seq_len = 128, depth = 2, heads = 4, dim_head = 16, k = 32, one_kv_head = True, share_kv = False)(torch.randint(0, 256, (1, 128)))
out = LinformerSelfAttention(dim = 64, seq_len = 128, heads = 8, k = 32, share_kv = True)(torch.randn(1, 128, 64), context = torch.randn(1, 100, 64))
""",
    ),
    "make_a_video_pytorch": (
        """
import torch
from make_a_video_pytorch import PseudoConv3d, SpatioTemporalAttention, SpaceTimeUnet
conv, attn = PseudoConv3d(dim = 64, kernel_size = 3), SpatioTemporalAttention(dim = 64, dim_head = 16, heads = 4)
video, image = torch.randn(1, 64, 8, 16, 16), torch.randn(1, 64, 16, 16)
out = attn(conv(image, enable_time = False), enable_time = False)
out = attn(conv(video))
unet = SpaceTimeUnet(dim = 16, channels = 3, dim_mult = (1, 2, 4), resnet_block_depths = (1, 1, 2), temporal_compression = (False, True, True),
    self_attns = (False, True, True), condition_on_timestep = True)
images, video = torch.randn(1, 3, 32, 32), torch.randn(1, 3, 8, 32, 32)
out = unet(images, timestep = torch.tensor([1.]))
out = unet(video, timestep = torch.tensor([1.]))
out = unet(video, timestep = torch.tensor([1.]), enable_time = False)
""",
    ),
    "memorizing_transformers_pytorch": (
        """
import torch
from memorizing_transformers_pytorch.memorizing_transformers_pytorch import *
out = Attention(dim = 64, heads = 4, dim_head = 16, xl_max_memories = 32)(torch.randn(2, 64, 64), xl_memory = torch.randn(2, 16, 2, 16))
""",
    ),
    "meshgpt_pytorch": (
        """
import torch
from meshgpt_pytorch import MeshAutoencoder, MeshTransformer
autoencoder = MeshAutoencoder(num_discrete_coors = 32, dim_codebook = 48, encoder_dims_through_depth = (16, 32), decoder_dims_through_depth = (32, 16),
    num_quantizers = 2, local_attn_encoder_depth = 1, local_attn_decoder_depth = 1, codebook_size = 64, attn_encoder_depth = 1, attn_decoder_depth = 1)
vertices, faces = torch.randn(2, 33, 3), torch.randint(0, 33, (2, 20, 3))
loss = autoencoder(vertices = vertices, faces = faces)
recon = autoencoder(vertices = vertices, faces = faces, return_recon_faces = True)
model = MeshTransformer(autoencoder, dim = 64, max_seq_len = 240, attn_depth = 2, attn_heads = 2, attn_dim_head = 16, fine_attn_depth = 1,
    fine_attn_heads = 2, fine_attn_dim_head = 16, gateloop_depth = 1)
loss = model(vertices = vertices, faces = faces)
model.eval()
out = model.generate(max_seq_len = 12)
""",
    ),
    "mixture_of_attention": (
        """
import torch
from mixture_of_attention import MixtureOfAttention, MixtureOfAutoregressiveAttention
from mixture_of_attention.transformer import Transformer
x, mask = torch.randn(1, 256, 64), torch.ones(1, 256).bool()
moa = MixtureOfAttention(dim = 64, dim_head = 16, heads = 4, num_experts = 2, seq_len = 256, num_routed_queries = 25, num_routed_key_values = 50, local_attn = True, local_attn_window_size = 16)
out = moa(x, mask = mask)
moa = MixtureOfAttention(dim = 64, dim_head = 16, heads = 4, dim_context = 32, num_routed_queries = 25, num_routed_key_values = 50, prenorm = True, average_routed = True)
out = moa(x, context = torch.randn(1, 128, 32), mask = mask, context_mask = torch.ones(1, 128).bool())
moa = MixtureOfAutoregressiveAttention(dim = 64, local_attn_window_size = 64, routed_window_size = None, num_routed_queries = 12, num_routed_key_values = 12, num_experts = 2, dim_head = 16, heads = 4)
out = moa(torch.randn(1, 190, 64))
out = Transformer(num_tokens = 256, dim = 64, depth = 2, num_experts = 2, seq_len = 256, local_attn_window_size = 64, num_routed_queries = 32, num_routed_key_values = 64)(torch.randint(0, 256, (1, 256)))
""",
    ),
    "muse_maskgit_pytorch": (
        """
import torch
from muse_maskgit_pytorch import VQGanVAE, MaskGit, MaskGitTransformer, TokenCritic
vae = VQGanVAE(dim = 32, codebook_size = 64, layers = 2, use_vgg_and_gan = False, vq_kwargs = dict()) if False else VQGanVAE(dim = 32, codebook_size = 1024, layers = 2)
loss = vae(torch.randn(1, 3, 32, 32), return_loss = True)
transformer = MaskGitTransformer(num_tokens = 1024, seq_len = 64, dim = 64, depth = 2, dim_head = 16, heads = 4, ff_mult = 4, t5_name = 't5-small')
logits = transformer(torch.randint(0, 1024, (2, 64)), text_embeds = torch.randn(2, 7, 512))
maskgit = MaskGit(vae = vae, transformer = transformer, image_size = 32, cond_drop_prob = 0.25, self_token_critic = True)
loss = maskgit(torch.randint(0, 1024, (2, 8, 8)), text_embeds = torch.randn(2, 7, 512))
""",
    ),
    "musiclm_pytorch": (
        """
import torch
from musiclm_pytorch import MuLaN, AudioSpectrogramTransformer, TextTransformer, MuLaNEmbedQuantizer
audio = AudioSpectrogramTransformer(dim = 64, depth = 2, heads = 4, dim_head = 16, spec_n_fft = 128, spec_win_length = 24, spec_aug_stretch_factor = 0.8)
text = TextTransformer(dim = 64, depth = 2, heads = 4, dim_head = 16)
mulan = MuLaN(audio_transformer = audio, text_transformer = text)
loss = mulan(torch.randn(2, 1024), torch.randint(0, 20000, (2, 256)))
quantizer = MuLaNEmbedQuantizer(mulan = mulan, conditioning_dims = (64, 64, 64), namespaces = ('semantic', 'coarse', 'fine'))
conds = quantizer(wavs = torch.randn(2, 1024), namespace = 'semantic')
""",
    ),
    "naturalspeech2_pytorch": (
        """
import torch
from naturalspeech2_pytorch.naturalspeech2_pytorch import *
model = Model(dim = 64, depth = 2, heads = 4, dim_head = 16, wavenet_layers = 2, wavenet_stacks = 2)
out = model(torch.randn(2, 64, 64), torch.rand(2))
model = Model(dim = 64, depth = 2, dim_prompt = 48, cond_drop_prob = 0.25, condition_on_prompt = True, heads = 4, dim_head = 16, wavenet_layers = 2, wavenet_stacks = 2)
out = model(torch.randn(2, 64, 64), torch.rand(2), prompt = torch.randn(2, 20, 48), cond = torch.randn(2, 64, 64))
out = PhonemeEncoder(num_tokens = 32, dim = 64, dim_hidden = 64, kernel_size = 9, depth = 2, heads = 4, conv_dropout = 0.2)(torch.randint(0, 32, (2, 24)))
out = SpeechPromptEncoder(dim_codebook = 48, dims = (64, 64), depth = 2, heads = 4, dim_head = 16)(torch.randn(2, 64, 48))
out = DurationPitchPredictor(dim = 64, num_phoneme_tokens = 32, dim_encoded_prompts = 64, dim_hidden = 64, depth = 2, num_convs_per_block = 2)(torch.randint(0, 32, (2, 24)), torch.randn(2, 64, 64))
from naturalspeech2_pytorch.aligner import *
out = Aligner(dim_in = 20, dim_hidden = 64)(torch.randn(2, 20, 50), torch.ones(2, 1, 50).bool(), torch.randn(2, 24, 64), torch.ones(2, 1, 24).bool())
""",
    ),
    "nuwa_pytorch": (
        """
import torch
from nuwa_pytorch import VQGanVAE, NUWA, NUWASketch, NUWAVideoAudio
vae = VQGanVAE(dim = 32, channels = 3, image_size = 64, num_layers = 3, num_resnet_blocks = 1, vq_codebook_size = 128, use_hinge_loss = False, use_vgg_and_gan = False) if False else VQGanVAE(dim = 32, channels = 3, image_size = 64, num_layers = 3, num_resnet_blocks = 1, vq_codebook_size = 128)
loss = vae(torch.randn(2, 3, 64, 64), return_loss = True)
for options in (dict(shift_video_tokens = True), dict(dec_reversible = True, enc_reversible = True)):
    nuwa = NUWA(vae = vae, dim = 64, text_num_tokens = 200, text_enc_depth = 2, text_enc_heads = 4, text_max_seq_len = 32, max_video_frames = 4, image_size = 64,
        dec_depth = 2, dec_heads = 4, sparse_3dna_kernel_size = 3, sparse_3dna_dilation = (1, 2), **options)
    loss = nuwa(text = torch.randint(0, 200, (1, 32)), video = torch.randn(1, 4, 3, 64, 64), return_loss = True)
sketch = NUWASketch(vae = vae, sketch_vae = vae, dim = 64, sketch_enc_depth = 1, dec_depth = 2, max_video_frames = 4, sketch_max_video_frames = 2, image_size = 64,
    sketch_enc_use_sparse_3dna = True, sparse_3dna_kernel_size = 3)
loss = sketch(sketch = torch.randn(1, 2, 5, 64, 64)[:, :, :3], video = torch.randn(1, 4, 3, 64, 64), return_loss = True)
both = NUWAVideoAudio(vae = vae, dim = 64, num_audio_tokens = 128, num_audio_tokens_per_video_frame = 8, cross_modality_attn_every = 1, text_num_tokens = 200,
    text_max_seq_len = 32, max_video_frames = 4, image_size = 64, dec_depth = 2, dec_heads = 4, sparse_3dna_kernel_size = 3, text_enc_depth = 1)
loss = both(text = torch.randint(0, 200, (1, 32)), audio = torch.randint(0, 128, (1, 32)), video = torch.randn(1, 4, 3, 64, 64), return_loss = True)
""",
    ),
    "nystrom_attention": (
        """
import torch
from nystrom_attention import NystromAttention, Nystromformer
attn = NystromAttention(dim = 64, dim_head = 16, heads = 8, num_landmarks = 32, pinv_iterations = 6, residual = True)
out = attn(torch.randn(1, 1000, 64), mask = torch.ones(1, 1000).bool())
out = Nystromformer(dim = 64, dim_head = 16, heads = 8, depth = 2, num_landmarks = 32, pinv_iterations = 6)(torch.randn(1, 256, 64))
""",
    ),
    "palm_rlhf_pytorch": (
        """
import torch
from palm_rlhf_pytorch import PaLM, RewardModel, ActorCritic
palm = PaLM(num_tokens = 256, dim = 64, depth = 2, flash_attn = False)
seq, mask = torch.randint(0, 256, (1, 128)), torch.randint(0, 2, (1, 128)).bool()
loss = palm(seq, return_loss = True)
reward = RewardModel(palm, num_binned_output = 5)
loss = reward(seq, prompt_mask = mask, labels = torch.randint(0, 5, (1,)))
generated = palm.generate(8, prompt = seq[:, :16])
actor = ActorCritic(palm)
out = actor(seq, mask = mask)
""",
    ),
    "parti_pytorch": (
        """
import torch
from parti_pytorch import VitVQGanVAE, Parti
vae = VitVQGanVAE(dim = 64, image_size = 64, patch_size = 16, num_layers = 2, use_vgg_and_gan = False)
images = torch.randn(2, 3, 64, 64)
loss = vae(images, return_loss = True)
parti = Parti(vae = vae, dim = 64, depth = 2, dim_head = 16, heads = 4, dropout = 0., cond_drop_prob = 0.25, ff_mult = 4, t5_name = 't5-small')
loss = parti(text_token_embeds = torch.randn(2, 7, 512), text_mask = torch.ones(2, 7).bool(), images = images, return_loss = True)
""",
    ),
    "performer_pytorch": (
        """
import torch
from performer_pytorch import PerformerLM, Performer, SelfAttention, CrossAttention, FastAttention, PerformerEncDec
out = PerformerLM(num_tokens = 256, max_seq_len = 128, dim = 64, depth = 2, heads = 4, causal = False, nb_features = 32, local_attn_heads = 2, local_window_size = 32,
    rotary_position_emb = True, shift_tokens = True)(torch.randint(0, 256, (1, 128)), mask = torch.ones(1, 128).bool())
out = PerformerLM(num_tokens = 256, max_seq_len = 128, dim = 64, depth = 2, heads = 4, reversible = True, generalized_attention = True)(torch.randint(0, 256, (1, 128)))
out = SelfAttention(dim = 64, heads = 4, causal = False)(torch.randn(1, 128, 64))
out = CrossAttention(dim = 64, heads = 4)(torch.randn(1, 128, 64), context = torch.randn(1, 64, 64), context_mask = torch.ones(1, 64).bool())
q, k, v = (torch.randn(1, 8, 64, 16) for _ in range(3))
out = FastAttention(dim_heads = 16, nb_features = 32, causal = False)(q, k, v)
""",
    ),
    "phenaki_pytorch": (
        """
import torch
from phenaki_pytorch import CViViT, MaskGit, Phenaki, TokenCritic
cvivit = CViViT(dim = 64, codebook_size = 256, image_size = 64, patch_size = 16, temporal_patch_size = 2, spatial_depth = 1, temporal_depth = 1, dim_head = 16, heads = 4,
    use_vgg_and_gan = False)
video, image = torch.randn(1, 3, 5, 64, 64), torch.randn(1, 3, 64, 64)
loss = cvivit(video, return_recons_only = True)
loss = cvivit(video)
loss = cvivit(image)
maskgit = MaskGit(num_tokens = 256, max_seq_len = 128, dim = 64, dim_context = 48, depth = 2, heads = 4, dim_head = 16)
logits = maskgit(torch.randint(0, 256, (1, 48)), video_patch_shape = (3, 4, 4), context = torch.randn(1, 7, 48))
critic = TokenCritic(num_tokens = 256, max_seq_len = 128, dim = 64, dim_context = 48, depth = 2, has_cross_attn = True)
logits = critic(torch.randint(0, 256, (1, 48)), video_patch_shape = (3, 4, 4), context = torch.randn(1, 7, 48))
""",
    ),
    "recurrent_memory_transformer_pytorch": (
        """
import torch
from recurrent_memory_transformer_pytorch import RecurrentMemoryTransformer, RecurrentMemoryTransformerWrapper
model = RecurrentMemoryTransformer(num_tokens = 256, num_memory_tokens = 16, dim = 64, depth = 2, causal = True, dim_head = 16, heads = 4, seq_len = 64,
    use_flash_attn = False, use_xl_memories = True, memory_not_causal = True)
logits1, mem1, _ = model(torch.randint(0, 256, (1, 64)))
logits2, mem2, _ = model(torch.randint(0, 256, (1, 64)), mem1)
wrapper = RecurrentMemoryTransformerWrapper(model)
loss = wrapper(torch.randint(0, 256, (2, 200)), memory_replay_backprop = False, return_loss = True)
sampled = wrapper.eval().generate(torch.randint(0, 256, (1, 8)), length = 70)
""",
    ),
    "reformer_pytorch": (
        """
import torch
from reformer_pytorch import ReformerLM, LSHSelfAttention, Reformer
out = ReformerLM(num_tokens = 256, dim = 64, depth = 2, max_seq_len = 256, heads = 4, bucket_size = 32, n_hashes = 2, causal = True, n_local_attn_heads = 2,
    axial_position_emb = True, axial_position_shape = (16, 16), axial_position_dims = (32, 32))(torch.randint(0, 256, (1, 256)))
out = LSHSelfAttention(dim = 64, heads = 4, bucket_size = 32, n_hashes = 2)(torch.randn(1, 256, 64))
""",
    ),
    "se3_transformer_pytorch": (
        """
import torch
from se3_transformer_pytorch import SE3Transformer
model = SE3Transformer(dim = 16, heads = 2, depth = 1, dim_head = 8, num_degrees = 2, valid_radius = 10, num_neighbors = 6)
feats, coors, mask = torch.randn(1, 32, 16), torch.randn(1, 32, 3), torch.ones(1, 32).bool()
out = model(feats, coors, mask)
model = SE3Transformer(num_tokens = 24, num_edge_tokens = 4, edge_dim = 4, num_adj_degrees = 2, adj_dim = 4, dim = 8, dim_head = 8, depth = 1, num_degrees = 2,
    output_degrees = 2, reduce_dim_out = True, attend_sparse_neighbors = True, num_neighbors = 4, use_null_kv = True, attend_self = True)
i = torch.arange(32)
adj = (i[:, None] >= (i[None, :] - 1)) & (i[:, None] <= (i[None, :] + 1))
out = model(torch.randint(0, 24, (1, 32)), coors, mask, edges = torch.randint(0, 4, (1, 32, 32)), adj_mat = adj, return_type = 1)
model = SE3Transformer(dim = 16, heads = 2, depth = 1, dim_head = 8, num_degrees = 2, use_egnn = True, num_neighbors = 6)
out = model(feats, coors, mask, return_type = 1)
model = SE3Transformer(dim = 8, heads = 2, depth = 1, dim_head = 8, num_degrees = 2, num_neighbors = 6, causal = True, global_feats_dim = 4, rotary_position = True, rotary_rel_dist = True, linear_proj_keys = True)
out = model(torch.randn(1, 32, 8), coors, mask, global_feats = torch.randn(1, 2, 4))
""",
    ),
    "soft_moe_pytorch": (
        """
import torch
from soft_moe_pytorch import SoftMoE, DynamicSlotsSoftMoE
from soft_moe_pytorch.soft_moe_with_dynamic_slots import DynamicSlotsSoftMoE
moe = SoftMoE(dim = 64, seq_len = 128, num_experts = 4, geglu = True)
out = moe(torch.randn(2, 128, 64), mask = torch.ones(2, 128).bool())
out = moe(torch.randn(2, 64, 8, 8))
moe = DynamicSlotsSoftMoE(dim = 64, num_experts = 4, geglu = True)
out = moe(torch.randn(2, 100, 64), mask = torch.ones(2, 100).bool())
""",
    ),
    "spear_tts_pytorch": (
        """
import torch
from spear_tts_pytorch import TextToSemantic, SpeechSpeechPretrainWrapper, SemanticToTextWrapper, TextToSemanticWrapper
model = TextToSemantic(dim = 64, num_text_token_ids = 256, num_semantic_token_ids = 64, heads = 4, dim_head = 16, source_depth = 2, target_depth = 2, use_openai_tokenizer = False)
wrapper = SpeechSpeechPretrainWrapper(model)
loss, _ = wrapper(torch.randint(0, 64, (2, 64)))
loss, _ = SemanticToTextWrapper(model)(torch.randint(0, 64, (2, 64)), torch.randint(0, 256, (2, 32)))
loss, _ = TextToSemanticWrapper(model)(torch.randint(0, 256, (2, 32)), torch.randint(0, 64, (2, 64)))
out = model.generate(torch.randint(0, 256, (2, 32)), source_type = 'text', target_type = 'speech', max_length = 6)
""",
    ),
    "st_moe_pytorch": (
        """
import torch
from st_moe_pytorch import MoE, SparseMoEBlock
moe = MoE(dim = 64, num_experts = 8, gating_top_n = 2, threshold_train = 0.2, threshold_eval = 0.2, capacity_factor_train = 1.25, capacity_factor_eval = 2., balance_loss_coef = 1e-2)
out, *_ = moe(torch.randn(4, 128, 64))
out, *_ = SparseMoEBlock(moe, add_ff_before = True, add_ff_after = True)(torch.randn(4, 128, 64))
""",
    ),
    "stylegan2_pytorch": (
        """
import torch
from stylegan2_pytorch.stylegan2_pytorch import *
out = Generator(64, 32, network_capacity = 4, attn_layers = [1, 2])(torch.randn(2, 5, 32), torch.rand(2, 64, 64, 1))
out = Discriminator(64, network_capacity = 4, attn_layers = [1, 2], fq_layers = [])(torch.randn(2, 3, 64, 64))
""",
    ),
    "video_diffusion_pytorch": (
        """
import torch
from video_diffusion_pytorch import Unet3D, GaussianDiffusion
model = Unet3D(dim = 16, dim_mults = (1, 2, 4), cond_dim = 32)
diffusion = GaussianDiffusion(model, image_size = 16, num_frames = 5, timesteps = 3)
videos = torch.rand(2, 3, 5, 16, 16)
loss = diffusion(videos, cond = torch.randn(2, 32))
loss = diffusion(videos, cond = torch.randn(2, 32), prob_focus_present = 0.5)
sampled = diffusion.sample(cond = torch.randn(2, 32), cond_scale = 2.)
""",
    ),
    "voicebox_pytorch": (
        """
import torch
from voicebox_pytorch.voicebox_pytorch import *
model = VoiceBox(dim = 64, dim_in = 64, num_cond_tokens = 50, depth = 2, dim_head = 16, heads = 4, attn_flash = False, condition_on_text = True)
wrapper = ConditionalFlowMatcherWrapper(voicebox = model)
x = torch.randn(2, 48, 64)
loss = wrapper(x, cond_token_ids = torch.randint(0, 50, (2, 48)), cond = x, mask = torch.ones(2, 48).bool())
out = model(x, times = torch.rand(2), cond_token_ids = torch.randint(0, 50, (2, 48)), cond = x, target = x)
duration = DurationPredictor(audio_enc_dec = None, num_phoneme_tokens = 50, dim_phoneme_emb = 32, dim = 64, depth = 2, dim_head = 16, heads = 4, attn_flash = False)
""",
    ),
    "x_clip": (
        """
import torch
from x_clip import CLIP
for options in (dict(use_all_token_embeds = True, decoupled_contrastive_learning = True, use_mlm = True), dict(use_visual_ssl = True, visual_ssl_type = 'simsiam', extra_latent_projection = True)):
    clip = CLIP(dim_text = 64, dim_image = 64, dim_latent = 64, num_text_tokens = 1000, text_enc_depth = 1, text_seq_len = 32, text_heads = 4, visual_enc_depth = 1,
        visual_image_size = 64, visual_patch_size = 32, visual_heads = 4, visual_patch_dropout = 0.5, **options)
    loss = clip(torch.randint(1, 1000, (4, 32)), torch.randn(4, 3, 64, 64), freeze_image_encoder = False, return_loss = True)
    sims = clip(torch.randint(1, 1000, (4, 32)), torch.randn(4, 3, 64, 64))
""",
    ),
}
